/** The key `storms` of countersign.yaml: what many alarms at once, and one alarm many times, may do. */
import { duration, pattern, section, wholeNumber } from '../yaml-fields.ts';

export const Storms = section({
  /**
   * Seconds from an incident's opening in which alarms of the same host, service or composite alarm join it. 0: each opens
   * its own. No default could know which alarms of a host have one cause, and one that joins is not answered by its own runbook.
   */
  window: duration('0s', '1h').default(0),
  /** The tag of alarms that says which service they are about. */
  service_tag: pattern(/^[^\p{C}]{1,128}$/u, 'the key of a tag, such as service').default('service'),
  /** Incidents that one alarm opens within an hour. Ten minutes each is about what an incident takes. */
  incidents_per_hour: wholeNumber(1, 60).default(6),
  /** Seconds for which an alarm that had so many opens none, at least. */
  rest: duration('1m', '8h').default(1800),
});
