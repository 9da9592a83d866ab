import { errorEnvelope } from "../http/error-envelope.ts";

export const userNotFound = {
  status: 404,
  body: errorEnvelope(404, "The user does not exist.", "inexistent_user"),
} as const;

export const userExists = {
  status: 409,
  body: errorEnvelope(409, "The user already exists.", "user_exists"),
} as const;
