/** Wiring of CloudWatch: one client per process, whose pace follows the throttles that it meets. */
import { alarms, openCloudWatch } from '../../adapters/cloudwatch/alarms.ts';
import { now } from './tables.ts';

export const cloudwatch = alarms(openCloudWatch(), now);
