import { _, type CodeKeywordDefinition, str } from "ajv";

/**
 * `multipleOf` for decimals, in place of Ajv's: 0.07 is a multiple of 0.01, and 1234567.89, whatever binary fractions
 * say. The quotient may be as far from a whole number as rounding three times takes it, and no further.
 */
export const multipleOf: CodeKeywordDefinition = {
  keyword: "multipleOf",
  type: "number",
  schemaType: "number",
  error: {
    message: ({ schemaCode }) => str`must be multiple of ${schemaCode}`,
    params: ({ schemaCode }) => _`{multipleOf: ${schemaCode}}`,
  },
  code(context) {
    const { gen, data, schemaCode } = context;
    const quotient = gen.const("quotient", _`${data} / ${schemaCode}`);
    context.fail(
      _`Math.abs(${quotient} - Math.round(${quotient})) > Math.abs(${quotient}) * ${2 * Number.EPSILON}`,
    );
  },
};
