import { NetworkError } from "./network-error.ts";

/** No complete answer came within `timeout` (one attempt) or `totalTimeout` (all of them and the waits between). */
export class TimeoutError extends NetworkError {
  override name = "TimeoutError";
}
