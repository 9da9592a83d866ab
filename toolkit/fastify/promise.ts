/** Whether there is something to wait for. What is given at once is used at once: no promise is made for it. */
export function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return typeof (value as Promise<Value> | undefined)?.then === "function";
}
