export type { DefaultMock } from "./command.ts";
export type { CreateMockOptions, Mock, MockOptions, SeenRequest } from "./mock.ts";
export { createMock, DocumentError } from "./mock.ts";
