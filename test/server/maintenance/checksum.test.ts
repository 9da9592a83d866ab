import { expect, test } from "vitest";
import { Checksum } from "../../../server/maintenance/checksum.ts";

function sumOf(...records: object[]): Checksum {
  const sum = new Checksum();
  for (const record of records) sum.add(record);
  return sum;
}

test("is the same in any order of records and of their properties", () => {
  const one = sumOf({ id: 1, attributes: { a: [1, { x: 1, y: 2 }], b: null } }, { id: 2 });
  const other = sumOf({ id: 2 }, { attributes: { b: null, a: [1, { y: 2, x: 1 }] }, id: 1 });
  expect(one.equals(other)).toBe(true);
});

test.each<[string, object[]]>([
  ["a value", [{ id: 1, name: "b" }, { id: 2 }]],
  ["a kind of value", [{ id: 1, name: null }, { id: 2 }]],
  ["a record", [{ id: 1, name: "a" }]],
  ["a record that is there twice", [{ id: 1, name: "a" }, { id: 2 }, { id: 2 }]],
  ["values that are swapped", [{ id: 2, name: "a" }, { id: 1 }]],
  ["a property named __proto__", [JSON.parse('{"id":1,"name":"a","__proto__":{}}'), { id: 2 }]],
])("is another for %s", (_what, records) => {
  expect(sumOf(...records).equals(sumOf({ id: 1, name: "a" }, { id: 2 }))).toBe(false);
});

test("is another for a list in another order", () => {
  expect(sumOf({ list: [1, 2] }).equals(sumOf({ list: [2, 1] }))).toBe(false);
});
