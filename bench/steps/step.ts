import type { Frame } from "./stacks.ts";

/** The steps of a request, as its table has them. */
export const steps = [
  "token",
  "rate limit",
  "reading",
  "validation",
  "rules",
  "secrets",
  "store",
  "audit",
  "commit",
  "response check",
  "log",
  "headers, CORS, metrics",
  "the rest of HTTP",
  "garbage collection",
  "Node.js outside of JavaScript",
] as const;

export type Step = (typeof steps)[number];

/** Whose files they are, the first that matches. Time in native code is its caller's. */
const places: readonly (readonly [RegExp, Step])[] = [
  [/^server\/security\/|^toolkit\/fastify\/(security|refusals)|node_modules\/jose\//, "token"],
  [/^server\/rate-limit\//, "rate limit"],
  [/^server\/secrets\//, "secrets"],
  [/^server\/(audit|store\/audit)\/|^server\/store\/.*\/audit/, "audit"],
  [/^server\/store\/|^node:internal\/(worker|per_context\/messageport)|node_modules\/postgres\//, "store"],
  [/^server\/http\/(log|store-log)|^toolkit\/fastify\/request-log|node_modules\/(pino|sonic-boom)/, "log"],
  [/^server\/http\/(actor|client-key)|^server\/(authentication-methods|users|verification)\//, "rules"],
  [/^server\/http\//, "headers, CORS, metrics"],
  [/^toolkit\/fastify\/(responder|declared-response|choose-content|payload)/, "response check"],
  [/^toolkit\/fastify\/(route|exchange|handler|request-context|drain|graceful)/, "the rest of HTTP"],
  [/^toolkit\/(fastify|openapi)\/|node_modules\/secure-json-parse/, "reading"],
  [/node_modules\/(fastify|find-my-way|@fastify|fast-)/, "the rest of HTTP"],
  [/^node:(_http|net|stream|internal\/(stream|http|timers))/, "the rest of HTTP"],
];
const neutral = /^node_modules\/ajv|^toolkit\/fastify\/(hold-against|schemas)|^server\/formats\//;

/**
 * Which step a stack belongs to: that of the innermost frame which belongs to one.
 *
 * @param otherwise where none does, or what Node.js and Fastify do for all of them
 */
export function stepOf(frames: readonly Frame[], otherwise: Step): Step {
  const top = frames.at(-1);
  if (top?.name === "(garbage collector)") return "garbage collection";
  if (top?.name === "(program)") return "Node.js outside of JavaScript";
  let validates = false;
  for (const { name, file } of frames.toReversed()) {
    // Ajv's functions are made at run time, and have no file.
    if (neutral.test(file) || (file === "" && /^validate\d*$/.test(name))) validates = true;
    else if (name === "commit" && file === "server/store/sqlite/transaction.ts") return "commit";
    else {
      const step = places.find(([place]) => place.test(file))?.[1];
      if (step === "the rest of HTTP") return otherwise;
      if (step !== undefined) return validates && step === "reading" ? "validation" : step;
    }
  }
  return otherwise;
}

/** Whose code a stack's innermost frame with a file is: a package's, a folder's of ours, or Node's. */
export function ownerOf(frames: readonly Frame[]): string {
  if (frames.at(-1)?.name === "(garbage collector)") return "garbage collection";
  const file = frames.findLast((frame) => frame.file !== "")?.file ?? "";
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
  if (name !== undefined) return name;
  if (file.startsWith("node:internal/modules")) return "Node.js loading modules";
  return /^(server|toolkit|generated)\/[^/]+/.exec(file)?.[0] ?? "Node.js";
}
