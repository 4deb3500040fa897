/** The key `slack` of countersign.yaml: which Slack it is, and the door by which Slack's requests come in. */
import * as z from 'zod';
import { pattern, ServiceUrl, section, wholeNumber } from '../yaml-fields.ts';

const Domain = section({
  name: pattern(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'a host name in lower-case letters such as slack.ops.example.com',
  ),
  certificate_arn: pattern(
    /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[a-zA-Z0-9-]+$/,
    'the ARN of a certificate in AWS Certificate Manager',
  ),
});

/** What slack can take: reserved concurrency is 20, and a click is answered within a second. Clicks of people are a few a minute. */
const Throttle = section({ rate: wholeNumber(1, 1000).default(20), burst: wholeNumber(1, 1000).default(40) });

export const Slack = section({
  api_url: ServiceUrl.refine((value) => value.endsWith('/'), {
    error: 'must end with "/", as https://slack.com/api/ does',
  }).default('https://slack.com/api/'),
  /**
   * Messages of all channels in a minute, posted or changed. Slack takes about one a second in a channel and 50 changes a
   * minute and app (docs.slack.dev, "Rate limits"); more is for what stands in for Slack, or where Slack granted more.
   */
  messages_per_minute: wholeNumber(10, 6000).default(50),
  /** What the output SlackUrl is: the function's own URL, or an HTTP API of API Gateway before the function. */
  endpoint: z.enum(['function_url', 'http_api'], { error: 'must be function_url or http_api' }).default('function_url'),
  /** Of the HTTP API: requests a second, and how many at once. */
  throttle: Throttle.prefault({}),
  /** A name of yours for the HTTP API; null = API Gateway's own. */
  domain: Domain.nullable().default(null),
  /** AWS WAF knows no HTTP APIs: with this a CloudFront distribution stands before it, which the web ACL (scope CLOUDFRONT) guards. */
  web_acl_arn: pattern(
    /^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[0-9a-f-]+$/,
    'the ARN of a web ACL of scope CLOUDFRONT: arn:aws:wafv2:us-east-1:…:global/webacl/…',
  )
    .nullable()
    .default(null),
});
export type Slack = z.infer<typeof Slack>;

/** Keys that the chosen endpoint does not have, and a certificate that is in the wrong region for where it is used. */
export function slackFindings({ slack }: { readonly slack: Slack }): { path: string[]; text: string }[] {
  const { endpoint, domain, web_acl_arn } = slack;
  if (endpoint === 'function_url')
    return Object.entries({ domain, web_acl_arn }).flatMap(([key, value]) =>
      value === null ? [] : [{ path: ['slack', key], text: 'needs slack.endpoint: http_api; a function URL has none' }],
    );
  const isElsewhere = web_acl_arn !== null && domain !== null && domain.certificate_arn.split(':')[3] !== 'us-east-1';
  const text = 'must be a certificate in us-east-1: with web_acl_arn the name is CloudFront’s';
  return isElsewhere ? [{ path: ['slack', 'domain', 'certificate_arn'], text }] : [];
}
