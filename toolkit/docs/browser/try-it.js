// Sends a request of the reader's own, and shows what the server answers. The token stays in the page's memory.
(() => {
  for (const panel of document.querySelectorAll(".try-it")) {
    const form = panel.querySelector("form");
    const answer = panel.querySelector(".answer");
    const { server, credential, body } = form.elements;
    panel.hidden = false;

    document.addEventListener("example", ({ detail }) => {
      const template = form.querySelector(`template[data-example="${CSS.escape(detail)}"]`);
      if (template && body) body.value = template.content.textContent;
    });

    const getToken = form.querySelector(".get-token");
    window.serverSettings?.then(({ tokenUrl }) => {
      if (!tokenUrl || !getToken) return;
      getToken.hidden = false;
      getToken.addEventListener("click", async () => {
        const grant = new URLSearchParams({ grant_type: "client_credentials", client_id: "docs" });
        const response = await fetch(tokenUrl, { method: "POST", body: grant }).catch(() => undefined);
        const token = response?.ok ? (await response.json()).access_token : undefined;
        if (token) credential.value = token;
        else tell("No token", "The server gave no token.");
      });
    });

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      tell("…", "");
      try {
        const response = await fetch(...request());
        const type = response.headers.get("content-type") ?? "";
        const text = await response.text();
        tell(
          `${response.status} ${response.statusText}`,
          /json/.test(type) ? pretty(text) : text,
          response.ok,
        );
      } catch {
        tell(
          "No answer",
          "The server was not reached, or does not let pages of this address call it (CORS).",
        );
      }
    });

    function request() {
      const inputs = [...form.querySelectorAll("[data-place]")].filter((input) => input.value !== "");
      const at = (place) => inputs.filter((input) => input.dataset.place === place);
      const path = form.dataset.path.replace(/\{([^}]+)\}/g, (whole, name) => {
        const input = at("path").find((each) => each.dataset.name === name);
        return input ? encodeURIComponent(input.value) : whole;
      });
      const url = new URL(server.value.replace(/\/$/, "") + path, location.href);
      for (const { dataset, value } of at("query")) url.searchParams.append(dataset.name, value);
      const headers = new Headers(at("header").map(({ dataset, value }) => [dataset.name, value]));
      if (credential?.value) {
        const { in: place, name, before } = credential.dataset;
        if (place === "query") url.searchParams.append(name, before + credential.value);
        if (place === "header") headers.set(name, before + credential.value);
      }
      const init = { method: form.dataset.method, headers, credentials: "omit" };
      if (body?.value) {
        headers.set("content-type", body.dataset.mediaType);
        init.body = body.value;
      }
      return [url, init];
    }

    function tell(status, text, isGood = false) {
      const line = document.createElement("p");
      line.className = `status ${isGood ? "good" : "bad"}`;
      line.textContent = status;
      const code = document.createElement("pre");
      code.tabIndex = 0;
      code.textContent = text;
      answer.replaceChildren(line, ...(text === "" ? [] : [code]));
    }
  }

  function pretty(text) {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  }
})();
