/** What was observed about the alarm, in words for people and for the model. */

export interface Evidence {
  readonly label: string;
  readonly text: string;
}
