const form = document.querySelector("#sign-in");
const status = document.querySelector("#status");
const secret = document.querySelector("#secret");
const name = () => form.elements.name.value;
const code = () => form.elements.code.value;

async function post(action, body = {}) {
  const response = await fetch(`/${action}`, { method: "POST", body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

const actions = {
  async register() {
    return `Registered ${(await post("register", { name: name() })).userId}.`;
  },
  async enrolPasskey() {
    const { authn_params_public_key } = await post("enrol", { type: "passkey" });
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(authn_params_public_key);
    const credential = await navigator.credentials.create({ publicKey });
    return `Enrolled ${(await post("confirm", { authn_response: credential.toJSON() })).type}.`;
  },
  async enrolApp() {
    const { barcode_uri, manual_input_code } = await post("enrol", { type: "totp" });
    secret.innerHTML = `<a>Open in the app</a> or type <code></code>`;
    secret.querySelector("a").href = barcode_uri;
    secret.querySelector("code").textContent = manual_input_code;
    return "Confirm with the code that the app shows.";
  },
  async enrolMail() {
    await post("enrol", { type: "email" });
    return "Confirm with the code in your mail.";
  },
  async confirm() {
    return `Enrolled ${(await post("confirm", { otp_code: code() })).type}.`;
  },
  async signInByPasskey() {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await post("challengeByPasskey"));
    const credential = await navigator.credentials.get({ publicKey });
    return `Signed in as ${(await post("signInByPasskey", { authn_response: credential.toJSON() })).userId}.`;
  },
  async signInByApp() {
    return `Signed in as ${(await post("signInByApp", { name: name(), otp_code: code() })).userId}.`;
  },
  async challengeByMail() {
    await post("challengeByMail", { name: name() });
    return "A code is in your mail.";
  },
  async signInByMail() {
    return `Signed in as ${(await post("signInByMail", { otp_code: code() })).userId}.`;
  },
  async signOut() {
    await post("signOut");
    return "Nobody is signed in.";
  },
};

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("click", async ({ target }) => {
  const action = actions[target.dataset.do];
  if (action === undefined) return;
  status.textContent = "…";
  try {
    status.textContent = await action();
  } catch (error) {
    status.textContent = error.message;
  }
});
