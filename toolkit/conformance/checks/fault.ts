/** Something that an answer should not have been. */
export interface Fault {
  /** The check that found it. */
  readonly check: CheckName;
  readonly message: string;
  /** Tells equal faults: the same check at the same place of the contract. */
  readonly key: string;
}

export const checkNames = {
  "no-answer": "the server answers at all",
  "server-error": "no 5xx",
  "slow-answer": "answers come within --max-time",
  "undocumented-status": "the status is documented",
  "undocumented-media-type": "the media type is documented",
  "unexpected-body": "no body comes with 204 and 304",
  "malformed-body": "a body is what its media type says",
  "wrong-body": "a body is as its schema says",
  "missing-header": "documented headers that are required are there",
  "wrong-header": "headers are as their schemas say",
  "missing-challenge": "401 comes with WWW-Authenticate",
  "stack-trace": "no answer shows a stack trace",
  "accepted-forbidden": "what the contract forbids is refused",
  "refused-allowed": "what the contract allows is not refused",
  "ignored-authentication": "credentials are really asked for",
  "ignored-scope": "scopes are really asked for",
  "wrong-method": "another method is a 405 with Allow",
  "other-users-resource": "one user does not reach what another has made",
  "not-created": "what was created can be read",
  "not-listed": "what was created is in the list",
  "not-changed": "a change is there afterwards",
  "not-deleted": "what was deleted is gone",
  "changed-by-refusal": "a request that was refused has changed nothing",
  "not-idempotent": "PUT and DELETE can be repeated, and a create with the same Idempotency-Key",
  "dead-location": "Location leads to what was created",
} as const;

export type CheckName = keyof typeof checkNames;
