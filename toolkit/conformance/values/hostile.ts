import type { ContractSchema } from "../../openapi/index.ts";
import { readText } from "../checks/text-value.ts";
import { validatorOf } from "./validator.ts";

const texts = [
  "\u0000",
  "a\u0000b",
  "\ud800",
  "😀",
  "' OR '1'='1",
  "<script>alert(1)</script>",
  "../../etc/passwd",
  "%s%n",
  "a".repeat(10_000),
];

/** Strings that servers stumble over and a schema allows. */
export function hostileValues(schema: ContractSchema | undefined, form: "json" | "text"): string[] {
  // A lone surrogate has no form in a URL, and a long one is another limit's matter.
  const writable =
    form === "json"
      ? texts
      : texts.filter((text) => text.isWellFormed() && text.length < 1_000 && !text.includes("/"));
  return schema === undefined
    ? writable
    : writable.filter((text) => validatorOf(schema).accepts(readText(text, schema.json)));
}
