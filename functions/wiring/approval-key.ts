/** Wiring of the approval key's public half. */
import { approvalKey } from '../../adapters/kms/approval-key.ts';
import { setting } from './environment.ts';

/** PEM, read once per warm function. */
export const publicKey = (): Promise<string> => approvalKey(setting('APPROVAL_KEY_ARN')).publicKey();
