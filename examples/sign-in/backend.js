// The backend of the page: it holds the token for the API and the sessions of its users, neither of which a page has.

import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const files = { "/": ["index.html", "text/html"], "/page.js": ["page.js", "text/javascript"] };
const relyingParty = "localhost";

/**
 * @param {{ api: string, token: string, origin: string }} options `api` with its base path; `origin` of the page
 */
export function createBackend({ api, token, origin }) {
  /** What users have to do with this backend, by the value of their cookie. */
  const sessions = new Map();

  async function call(path, body, method = "POST") {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = response.status === 204 ? undefined : await response.json();
    if (!response.ok) throw Object.assign(new Error(answer.message), { status: response.status });
    return answer;
  }

  const pathOf = (userId) => `/users/${encodeURIComponent(userId)}`;
  const methodsOf = (userId) => call(`${pathOf(userId)}/authentication-methods`, undefined, "GET");

  const enrolments = {
    passkey: (name) => ({
      type: "passkey",
      relying_party_identifier: relyingParty,
      relying_party_name: "Sign-in example",
      origins: [origin],
      user_name: name,
    }),
    totp: (name) => ({ type: "totp", issuer: "Sign-in example", account_name: name }),
    email: (name) => ({ type: "email", email: `${name}@example.com` }),
  };

  const actions = {
    /** Makes a user and signs them in: what your sign-up does. */
    async register(session, { name }) {
      const user = await call("/users", { connection: "Username-Password-Authentication", user_id: name });
      Object.assign(session, { userId: user.user_id, name });
      return { userId: user.user_id };
    },
    async enrol(session, { type }) {
      if (session.userId === undefined) throw Object.assign(new Error("Sign in first."), { status: 401 });
      const body = enrolments[type](session.name);
      const enrolment = await call(`${pathOf(session.userId)}/authentication-enrolments`, body);
      session.enrolment = enrolment.auth_session;
      return enrolment;
    },
    async confirm(session, answer) {
      const body = { auth_session: session.enrolment, ...answer };
      const { type } = await call(`${pathOf(session.userId)}/authentication-enrolments/confirm`, body);
      return { type };
    },
    async challengeByPasskey(session) {
      const body = { relying_party_identifier: relyingParty, origins: [origin] };
      const challenge = await call("/passkey/challenge", body);
      session.challenge = challenge.auth_session;
      return challenge.authn_params_public_key;
    },
    async signInByPasskey(session, { authn_response }) {
      const body = { type: "webauthn", auth_session: session.challenge, authn_response };
      const { user_id: userId } = await call("/passkey/verify", body);
      Object.assign(session, { userId, name: userId.slice("auth0|".length) });
      return { userId };
    },
    async challengeByMail(session, { name }) {
      const userId = `auth0|${name}`;
      const method = (await methodsOf(userId)).find(({ type }) => type === "email");
      const body = { type: "email", authentication_method_id: method?.id };
      const challenge = await call(`${pathOf(userId)}/authentication-challenges`, body);
      Object.assign(session, { challenge: challenge.auth_session, pending: userId });
      return {};
    },
    async signInByMail(session, { otp_code }) {
      const body = { type: "email", auth_session: session.challenge, otp_code };
      await call(`${pathOf(session.pending)}/authentication-verifications`, body);
      session.userId = session.pending;
      return { userId: session.userId };
    },
    async signInByApp(session, { name, otp_code }) {
      const userId = `auth0|${name}`;
      const method = (await methodsOf(userId)).find(({ type }) => type === "totp");
      const body = { type: "totp", authentication_method_id: method?.id, otp_code, device: session.id };
      await call(`${pathOf(userId)}/authentication-verifications`, body);
      session.userId = userId;
      return { userId };
    },
    async signOut(session) {
      delete session.userId;
      return {};
    },
  };

  function sessionOf(request, response) {
    const [, known] = /(?:^|; )session=([\w-]+)/.exec(request.headers.cookie ?? "") ?? [];
    if (known !== undefined && sessions.has(known)) return sessions.get(known);
    const session = { id: randomUUID() };
    sessions.set(session.id, session);
    response.setHeader("set-cookie", `session=${session.id}; HttpOnly; SameSite=Strict; Path=/`);
    return session;
  }

  return createServer(async (request, response) => {
    try {
      const session = sessionOf(request, response);
      if (request.method === "GET") {
        const [file, type] = files[request.url] ?? files["/"];
        response.setHeader("content-type", type);
        return response.end(await readFile(new URL(file, import.meta.url)));
      }
      let body = "";
      for await (const chunk of request) body += chunk;
      const action = Object.hasOwn(actions, request.url.slice(1)) ? actions[request.url.slice(1)] : undefined;
      if (action === undefined) return response.writeHead(404).end();
      const answer = await action(session, JSON.parse(body || "{}"));
      response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
    } catch (error) {
      response.writeHead(error.status ?? 500, { "content-type": "application/json" });
      response.end(JSON.stringify({ message: error.message }));
    }
  });
}
