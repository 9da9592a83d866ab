import { ApiError, createClient, listAll, unwrap } from "authentication-methods-client";
import React, { useCallback, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

const client = createClient({ baseUrl: `${import.meta.env.VITE_API ?? "http://127.0.0.1:4010"}/api/v2` });
const user = "auth0|5f7c8ec7c33c6c004bbafe82";

function Methods() {
  const [methods, setMethods] = useState([]);
  const [problem, setProblem] = useState("");
  const load = useCallback(async () => setMethods(await Array.fromAsync(listAll(client, user))), []);
  useEffect(() => {
    load().catch((error) => setProblem(error.message));
  }, [load]);

  async function add(form) {
    try {
      const body = { type: "email", email: form.get("email") };
      await unwrap(
        client.POST("/users/{id}/authentication-methods", { params: { path: { id: user } }, body }),
      );
      setProblem("");
      await load();
    } catch (error) {
      const isThere = error instanceof ApiError && error.errorCode === "authentication_method_exists";
      setProblem(isThere ? "You have this address already." : error.message);
    }
  }

  return (
    <main>
      <h1>Authentication methods</h1>
      <ul>
        {methods.map((method) => (
          <li key={method.id}>
            {method.type}: {method.name ?? method.id}
          </li>
        ))}
      </ul>
      <form action={add}>
        <label>
          E-mail <input name="email" type="email" required />
        </label>
        <button type="submit">Add</button>
      </form>
      <p role="alert">{problem}</p>
    </main>
  );
}

createRoot(document.getElementById("root")).render(
  <React.StrictMode>
    <Methods />
  </React.StrictMode>,
);
