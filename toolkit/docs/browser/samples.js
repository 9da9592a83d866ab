// Shows the sample of the chosen language and example, and copies code.
(() => {
  const key = "docs-language";
  const stored = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // Storage may be switched off.
    }
  };

  for (const panel of document.querySelectorAll(".samples")) {
    const choices = panel.querySelector(".choices");
    const language = panel.querySelector('[data-choose="language"]');
    const example = panel.querySelector('[data-choose="example"]');
    const samples = [...panel.querySelectorAll(".sample")];
    const show = () => {
      for (const sample of samples) {
        const isExample = !example || sample.dataset.example === example.value;
        sample.hidden = sample.dataset.language !== language.value || !isExample;
        sample.querySelector(".sample-title").hidden = true;
      }
    };
    if (samples.some((sample) => sample.dataset.language === stored())) language.value = stored();
    language.addEventListener("change", () => {
      try {
        localStorage.setItem(key, language.value);
      } catch {}
      show();
    });
    example?.addEventListener("change", () => {
      show();
      panel.dispatchEvent(new CustomEvent("example", { detail: example.value, bubbles: true }));
    });
    choices.hidden = false;
    show();
  }

  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code").textContent;
      const copied = await copy(code);
      button.textContent = copied ? "Copied" : "Not copied";
      setTimeout(() => {
        button.textContent = "Copy";
      }, 2000);
    });
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Without HTTPS there is no clipboard but by a selection.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      const copied = document.execCommand("copy");
      area.remove();
      return copied;
    }
  }
})();
