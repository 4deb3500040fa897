/** Slack's answer addresses: where whoever typed a command reads what came of it. */

/** Milliseconds. */
const longest = 5_000;

/** Shows a text to that person only. The caller has checked whose address it is. Throws when it was not taken; follows no redirect. */
export async function respond(responseUrl: string, text: string): Promise<void> {
  const response = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
    redirect: 'error',
    signal: AbortSignal.timeout(longest),
  });
  if (!response.ok) throw new Error(`slack: an answer to a command was not taken: HTTP ${response.status}`);
}
