/** A person as reports name them. */
/** Somebody who was asked, answered, or is on it. */
export interface Person {
  /** Their member id in Slack, `U…`, so that they can be called there; null for someone who acted elsewhere. */
  readonly slackId: string | null;
  /** A name or an IAM principal; null = only the id is known. */
  readonly name: string | null;
}
