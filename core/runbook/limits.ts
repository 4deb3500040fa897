/** How large a runbook may be, and why. */

/** History is a budget: 100 dispatches an incident, and each step costs at least one. */
export const maximumSteps = 30;

/**
 * UTF-16 units of one script. An approval shows the whole script or cannot be given: a Slack text takes 3,000, and 200
 * are kept for what the card writes around it.
 */
export const maximumScriptLength = 2_800;

/** Of one step: each has a button, and its command on the card. */
export const maximumAlternatives = 5;

/** UTF-16 units of a step's title: Slack's limit for a header. */
export const maximumTitleLength = 150;

/** Seconds: the least time-out. The agent of Systems Manager takes 3,600 for anything below (its source, `ValidateExecutionTimeout`). */
export const minimumTimeoutSeconds = 5;

/** Seconds one run may take, so that every wait, run and escalation of an incident ends within its 8 hours. */
export const maximumTimeoutSeconds = 3_600;

/** Seconds one run may take when its fence has no `timeout=`. */
export const defaultTimeoutSeconds = 60;

/** UTF-16 units of a line: longer ones can only nest lists and quotes so deep that reading them takes minutes. */
export const maximumLineLength = 3_000;

/** UTF-16 units of a whole file: a runbook that nobody reads at night is no runbook. */
export const maximumFileLength = 65_536;
