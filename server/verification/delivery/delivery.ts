/** How a code reaches its user. */
export type Channel = "sms" | "voice" | "email";

/** A code to be delivered. */
export interface CodeMessage {
  readonly userId: string;
  /** Absent for an enrolment: the method is not there yet. */
  readonly methodId?: string;
  readonly challengeId: string;
  readonly channel: Channel;
  /** The phone number or e-mail address, in full. */
  readonly recipient: string;
  readonly code: string;
  /** Microseconds since the UNIX epoch. */
  readonly expiresAt: number;
}

/** Hands codes to whoever sends them. */
export interface CodeDelivery {
  /**
   * Resolves when the code was taken over.
   *
   * @throws DeliveryError
   */
  deliver(message: CodeMessage): Promise<void>;
}

/** A code was not taken over; the message says why and holds nothing of it. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
}
