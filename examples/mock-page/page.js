// The mock, or the real thing: nothing else in this page changes.
const api = new URLSearchParams(location.search).get("api") ?? "http://127.0.0.1:4010";

const form = document.querySelector("form");
const list = document.querySelector("ul");
const alert = document.querySelector("[role=alert]");

async function call(path, method = "GET", body) {
  const response = await fetch(api + path, {
    method,
    headers: body ? { "content-type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const answer = response.status === 204 ? undefined : await response.json();
  if (!response.ok) throw new Error(answer.message ?? answer.detail);
  return answer;
}

async function attempt(action) {
  alert.textContent = "";
  try {
    await action();
    render(await call("/tasks"));
  } catch (error) {
    alert.textContent = error.message;
  }
}

function render(tasks) {
  list.replaceChildren(...tasks.map(row));
}

function row(task) {
  const item = document.createElement("li");
  item.className = task.status;
  const title = document.createElement("span");
  title.textContent = task.title;
  const toggle = button(task.status === "done" ? "Reopen" : "Done", () =>
    call(`/tasks/${task.id}`, "PATCH", { status: task.status === "done" ? "open" : "done" }),
  );
  const remove = button("Remove", () => call(`/tasks/${task.id}`, "DELETE"));
  item.append(title, toggle, remove);
  return item;
}

function button(label, action) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  element.addEventListener("click", () => attempt(action));
  return element;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const title = new FormData(form).get("title");
  attempt(() => call("/tasks", "POST", { title }));
  form.reset();
});

attempt(() => {});
