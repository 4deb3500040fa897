/** Every word of Run Command's status details that ends a command or leaves it running, and one that it may learn. */
export const statusDetails = [
  'Success',
  'Failed',
  'ExecutionTimedOut',
  'InProgress',
  'Pending',
  'Cancelled',
  'DeliveryTimedOut',
  'Undeliverable',
  'InvalidPlatform',
  'AccessDenied',
  'Terminated',
  'RateExceeded',
  'SomethingNew',
] as const;
