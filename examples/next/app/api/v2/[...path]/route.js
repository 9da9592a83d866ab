import { createApiMock } from "authentication-methods/mock";

/** One for all requests of this process, whose state ends with it. */
const mock = createApiMock({ auth: false });

async function answer(request) {
  return (await mock).fetch(request);
}

export { answer as DELETE, answer as GET, answer as PATCH, answer as POST, answer as PUT };
