/** By which door Slack comes in: the function's own URL, or an HTTP API, with a name of its own and a web ACL before it. */
import { CfnOutput, Duration, Fn, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  DomainName,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  PayloadFormatVersion,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  OriginRequestPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { FunctionUrlAuthType, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Slack } from '../core/policy/slack-keys.ts';

export type SlackDoorSettings = Omit<Slack, 'api_url'>;

export interface SlackDoorProps {
  readonly slack: LambdaFunction;
  readonly settings: SlackDoorSettings;
}

/** A little more than the function's own time-out, so that it is the function that answers. */
const integrationTimeout = Duration.seconds(11);

export class SlackDoor extends Construct {
  constructor(scope: Construct, id: string, { slack, settings }: SlackDoorProps) {
    super(scope, id);
    const stack = Stack.of(scope);
    // Slack cannot sign with IAM; the function checks Slack's own signature over the raw body.
    const value =
      settings.endpoint === 'function_url'
        ? slack.addFunctionUrl({ authType: FunctionUrlAuthType.NONE }).url
        : this.#httpApi(slack, settings);
    new CfnOutput(stack, 'SlackUrl', { value, description: 'Interactivity request URL of the Slack app' });
  }

  /** Its address. Where it has a name of its own, or CloudFront before it, the name's record is the operator's. */
  #httpApi(slack: LambdaFunction, { domain, throttle, web_acl_arn }: SlackDoorSettings): string {
    const own = domain !== null && web_acl_arn === null ? this.#domain(domain) : null;
    const api = new HttpApi(this, 'Api', {
      description: 'Countersign: requests of Slack',
      createDefaultStage: false,
      disableExecuteApiEndpoint: own !== null,
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttle.rate, burstLimit: throttle.burst },
      accessLogSettings: { destination: new LogGroupLogDestination(this.#log()), format: AccessLogFormat.clf() },
      ...(own ? { domainMapping: { domainName: own } } : {}),
    });
    const routes = api.addRoutes({
      path: '/',
      methods: [HttpMethod.POST],
      integration: new HttpLambdaIntegration('Function', slack, {
        payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
        timeout: integrationTimeout,
      }),
    });
    for (const route of routes)
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'Slack cannot sign with IAM; the function checks Slack’s own signature over the raw body.',
      });
    if (web_acl_arn !== null) return this.#guarded(api, domain, web_acl_arn);
    if (!own) return `${api.apiEndpoint}/`;
    this.#record(own.regionalDomainName);
    return `https://${own.name}/`;
  }

  #domain({ name, certificate_arn }: NonNullable<SlackDoorSettings['domain']>): DomainName {
    const certificate = Certificate.fromCertificateArn(this, 'Certificate', certificate_arn);
    return new DomainName(this, 'Domain', { domainName: name, certificate });
  }

  /** AWS WAF guards no HTTP API, so CloudFront stands before it; it hands on every byte and header but Host, and keeps nothing. */
  #guarded(api: HttpApi, domain: SlackDoorSettings['domain'], webAclId: string): string {
    const origin = new HttpOrigin(Fn.select(2, Fn.split('/', api.apiEndpoint)));
    const name = domain && {
      domainNames: [domain.name],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificate_arn),
    };
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'Countersign: requests of Slack',
      webAclId,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      defaultBehavior: {
        origin,
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      },
      ...(name ?? {}),
    });
    for (const { id, reason } of acceptedOfCloudFront) Validations.of(distribution).acknowledge({ id, reason });
    this.#record(distribution.distributionDomainName);
    return `https://${domain?.name ?? distribution.distributionDomainName}/`;
  }

  #record(target: string): void {
    new CfnOutput(Stack.of(this), 'SlackDomainTarget', {
      value: target,
      description: 'Where the name of slack.domain points',
    });
  }

  #log(): LogGroup {
    return new LogGroup(this, 'Log', {
      logGroupName: '/countersign/slack-requests',
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

const acceptedOfCloudFront = [
  { id: 'AwsSolutions-CFR1', reason: 'Slack calls from where Slack is; the web ACL is the operator’s to say more.' },
  {
    id: 'AwsSolutions-CFR3',
    reason: 'Each request is in the HTTP API’s access log, and what the web ACL refuses in its own.',
  },
  {
    id: 'AwsSolutions-CFR4',
    reason: 'Without a name of its own the certificate is CloudFront’s, and so is its least protocol.',
  },
];
