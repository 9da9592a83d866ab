import { createRequire } from "node:module";

interface Validator {
  readonly ajvOptions: object;
  getAjvValidator(version: string): unknown;
}

const require = createRequire(import.meta.url);
const glue = createRequire(require.resolve("fastify-openapi-glue"));
const { Validator } = await import(glue.resolve("@seriousme/openapi-schema-validator"));
const prototype: Validator = Validator.prototype;
const compile = prototype.getAjvValidator;
const compiled = new Map<string, unknown>();

// fastify-openapi-glue holds each document against the rules of OpenAPI, and compiles them anew each time: that is
// two fifths of a server's start. A process of tests starts many, and compiles them once.
prototype.getAjvValidator = function (version) {
  const key = JSON.stringify([version, this.ajvOptions]);
  const rules = compiled.get(key) ?? compile.call(this, version);
  compiled.set(key, rules);
  return rules;
};
