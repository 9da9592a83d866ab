export type { DefaultMock } from "./command.ts";
export { type DocumentedAnswer, documentedAnswers } from "./documented-answers.ts";
export type { CreateMockOptions, Mock, MockOptions, SeenRequest } from "./mock.ts";
export { createMock, DocumentError } from "./mock.ts";
