// Elements.

/** Makes an element. Properties that begin with "on" are listeners, "class" and those with a dash are attributes. */
function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class" || name === "role" || name.includes("-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

/** Sets an element's text, if it has another one: what is selected stays selected. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A bar that shows a share from 0 to 1; set changes it. */
function bar() {
  const fill = h("i");
  const element = h("span", { class: "bar" }, fill);
  element.set = (share) => {
    fill.style.width = Math.min(100, Math.max(0, share * 100)) + "%";
    element.classList.toggle("high", share > 0.9);
  };
  return element;
}

/** A button that asks again before it does what it says. */
function sureButton(text, title, action) {
  let timer;
  const calm = () => {
    clearTimeout(timer);
    timer = undefined;
    button.textContent = text;
  };
  const button = h("button", {
    type: "button", class: "danger", title,
    onclick() {
      if (timer !== undefined) {
        calm();
        action();
        return;
      }
      button.textContent = "Sure?";
      timer = setTimeout(calm, 3000);
    },
  }, text);
  return button;
}
