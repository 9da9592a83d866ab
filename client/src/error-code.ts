/** What the contract's errors are told apart by. There may be others: a server can be newer than this client. */
export type ErrorCode =
  | "authentication_method_exists"
  | "content_too_large"
  | "idempotency_key_reused"
  | "idempotent_request_in_flight"
  | "inexistent_authentication_method"
  | "inexistent_user"
  | "insufficient_scope"
  | "insufficient_storage"
  | "invalid_body"
  | "invalid_query_string"
  | "invalid_uri"
  | "operation_not_permitted"
  | "service_unavailable"
  | "too_many_entities"
  | "too_many_requests"
  | "unsupported_media_type"
  | "user_exists"
  // Keeps the names above in an editor's suggestions, and takes any other.
  | (string & {});
