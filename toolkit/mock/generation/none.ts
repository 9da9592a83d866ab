/** No value can be made: it would recurse for ever, or no value is valid. */
export const noValue = Symbol("none");
