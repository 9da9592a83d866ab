import { expect, test } from "vitest";
import { settingsForSamples } from "../../../server/http/docs-settings.ts";

const settings = {
  baseUrl: "../api/v2",
  issuer: "https://issuer.example.com/",
  audience: "https://api.example.com/",
};

test("the docs' samples ask the configured issuer for a token", () => {
  expect(settingsForSamples({ ...settings, hasDevelopmentIssuer: false })).toMatchObject({
    ...settings,
    tokenEndpoint: "https://issuer.example.com/oauth/token",
    tokenCommand: expect.stringContaining("audience=https://api.example.com/"),
  });
});

test("they keep the command that prints a token where the server is its own issuer", () => {
  expect(settingsForSamples({ ...settings, hasDevelopmentIssuer: true })).toEqual(settings);
});
