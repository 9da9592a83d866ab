// Puts the server's own settings into the samples: its address, its issuer, whatever `server.json` names.
(() => {
  const address = document.documentElement.dataset.serverSettings;
  if (address === undefined || !location.protocol.startsWith("http")) return;
  const url = new URL(address, location.href);
  // Redirected to another server, the settings would not be this one's.
  window.serverSettings = fetch(url, { redirect: "error" })
    .then((response) => (response.ok ? response.json() : {}))
    .catch(() => ({}))
    .then((found) => {
      const absolute = (path) => path && new URL(path, url).href.replace(/\/$/, "");
      const settings = { ...found };
      settings.baseUrl = absolute(found.baseUrl);
      settings.tokenUrl = absolute(found.tokenUrl);
      if (settings.baseUrl) {
        settings.origin = new URL(settings.baseUrl).origin;
        settings.host = new URL(settings.baseUrl).host;
      }
      if (settings.tokenUrl) {
        settings.tokenEndpoint = settings.tokenUrl;
        settings.tokenCommand = `$(curl -s ${settings.tokenUrl} -d grant_type=client_credentials -d client_id=any | jq -r .access_token)`;
      }
      for (const element of document.querySelectorAll("[data-fill]")) {
        const value = settings[element.dataset.fill];
        if (typeof value === "string") element.textContent = value;
      }
      for (const input of document.querySelectorAll("[data-fill-value]")) {
        const value = settings[input.dataset.fillValue];
        if (typeof value === "string") input.value = value;
      }
      return settings;
    });
})();
