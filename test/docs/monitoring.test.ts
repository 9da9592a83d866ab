import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { startServer } from "../support/server.ts";
import { createUser, methodsOf } from "../support/users.ts";

/** What the server serves, with the address that it was fetched from. */
async function startWithMetrics() {
  const server = await startServer({ METRICS_PORT: "0", RATE_LIMIT: "3/3600" });
  const { metrics } = server.app;
  if (metrics === undefined) throw new Error("no metrics");
  metrics.server.listen(0, "127.0.0.1");
  await once(metrics.server, "listening");
  onTestFinished(() => void metrics.server.close());
  const { port } = metrics.server.address() as AddressInfo;
  const read = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return { server, read };
}

async function expressionsOf(file: string): Promise<readonly string[]> {
  const text = await readFile(`docs/monitoring/${file}`, "utf8");
  if (file.endsWith(".yaml")) {
    const { groups } = parse(text) as { groups: { rules: { expr: string }[] }[] };
    return groups.flatMap(({ rules }) => rules.map(({ expr }) => expr));
  }
  const { panels } = JSON.parse(text) as { panels: { targets: { expr: string }[] }[] };
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}

/** The names of metrics in an expression of PromQL, without functions, keywords and labels. */
function metricsIn(expression: string): readonly string[] {
  const bare = expression.replace(/\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)/g, " ");
  return bare.match(/\b[a-z]\w*_\w+\b(?!\s*\()/g) ?? [];
}

describe.each(["prometheus-rules.yaml", "grafana-dashboard.json"])("%s", (file) => {
  test("asks only for metrics that the server serves", async () => {
    const { read } = await startWithMetrics();
    const served = new Set([...(await read()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
    const asked = (await expressionsOf(file)).flatMap(metricsIn);
    expect(asked.length).toBeGreaterThan(8);
    const missing = asked.filter((name) => !served.has(name.replace(/_(?:bucket|count|sum)$/, "")));
    expect(missing).toEqual([]);
  });
});

test("the dashboard shows everything that is counted beside the process itself", async () => {
  const { read } = await startWithMetrics();
  const own = [...(await read()).matchAll(/^# TYPE (\w+)/gm)].flatMap(([, name = ""]) =>
    /^(?:process|nodejs)_/.test(name) ? [] : [name],
  );
  const asked = (await expressionsOf("grafana-dashboard.json")).join(" ");
  expect(own.filter((name) => !asked.includes(name))).toEqual([]);
});

test("what happens is counted", async () => {
  const { server, read } = await startWithMetrics();
  await createUser(server);
  const body = { type: "totp", totp_secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" };
  expect((await server.call(methodsOf("auth0|ada"), { body })).status).toBe(201);
  const headers = { authorization: "Bearer opaque" };
  await fetch(`${server.origin}/api/v2/users/auth0%7Cada`, { headers });
  await fetch(`${server.origin}/api/v2/users/auth0%7Cada`);
  for (let count = 0; count < 3; count += 1) await server.call("/users/auth0%7Cada");
  const text = await read();
  expect(text).toMatch(/^refused_tokens_total\{reason="malformed"\} 1$/m);
  expect(text).toMatch(/^refused_tokens_total\{reason="missing-header"\} 1$/m);
  expect(text).toMatch(/^rate_limited_requests_total 2$/m);
  expect(text).toMatch(/^encryptions_total\{key_id="development-[0-9a-f]{12}"\} [1-9]/m);
  expect(text).toMatch(/^undecryptable_secrets_total 0$/m);
  expect(text).toMatch(/^issuer_keys_age_seconds 0$/m);
  // The user, the method, and the one read that was let through.
  expect(text).toMatch(/^audit_events_total 3$/m);
  expect(text).toMatch(/^audit_events 3$/m);
});
