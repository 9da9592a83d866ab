import { expect, test } from "vitest";
import { basePath, basePaths } from "../../../toolkit/openapi/base-path.ts";
import { readDocument } from "../../../toolkit/openapi/load-document.ts";
import { OperationRouter } from "../../../toolkit/openapi/router.ts";

function router(paths: readonly string[], servers: readonly object[] = []): OperationRouter {
  const operations = paths.map((path) => [path, { get: { operationId: path, responses: {} } }]);
  return new OperationRouter([
    readDocument({ openapi: "3.1.0", servers, paths: Object.fromEntries(operations) }),
  ]);
}

function found(one: OperationRouter, path: string): unknown {
  const match = one.find("get", path);
  return "operation" in match ? [match.operation.path, match.pathParameters] : match.allowed;
}

test.each([
  [["/users/{n}", "/users/{n}:export"], "/users/u1:export", "/users/{n}:export", { n: "u1" }],
  [["/users/{n}", "/users/{n}:export"], "/users/u1%3Aexport", "/users/{n}", { n: "u1:export" }],
  [["/{a}/{b}", "/{a}/x", "/y/{b}"], "/y/x", "/y/{b}", { b: "x" }],
  [["/files/{name}.{type}"], "/files/a.b.c", "/files/{name}.{type}", { name: "a", type: "b.c" }],
  [["/r/{a}-{b}"], "/r/x%2Dy-z%2Fw", "/r/{a}-{b}", { a: "x", b: "y-z/w" }],
  [["/ä/{a}"], "/%C3%A4/1", "/ä/{a}", { a: "1" }],
])("of %j, %s means %s", (paths, path, template, parameters) => {
  expect(found(router(paths), path)).toEqual([template, parameters]);
  expect(found(router(paths.toReversed()), path)).toEqual([template, parameters]);
});

test("the path as it is written comes before the one without a base path", () => {
  const one = router(["/{id}", "/api/{id}", "/{a}/{b}", "/x/y"], [{ url: "/api" }]);
  expect(found(one, "/api/1")).toEqual(["/api/{id}", { id: "1" }]);
  // What says more by itself is meant, whichever way it is reached.
  expect(found(one, "/api/x/y")).toEqual(["/x/y", {}]);
  expect(found(one, "/1")).toEqual(["/{id}", { id: "1" }]);
});

test("every value of a server's variables is a base path, and a server may have forgotten its scheme", () => {
  const document = readDocument({
    openapi: "3.1.0",
    servers: [
      { url: "api.example.test/v1" },
      {
        url: "https://{host}/{b}/",
        variables: { host: { default: "a.test" }, b: { default: "rest", enum: ["rest", "soap"] } },
      },
    ],
    paths: { "/pets": { servers: [{ url: "/own" }], get: { responses: {} } } },
  });
  expect([basePath(document), basePaths(document)]).toEqual(["/v1", ["/v1", "/rest", "/soap", "/own"]]);
});

test("a segment of many parameters is matched without trying every split", () => {
  const one = router(["/r/{a}-{b}-{c}-{d}-{e}-{f}x"]);
  // Every split of so many dashes would take longer than a test may.
  expect(found(one, `/r/${"-".repeat(100_000)}`)).toBeUndefined();
  expect("operation" in one.find("get", `/r/${"-".repeat(100_000)}x`)).toBe(true);
});
