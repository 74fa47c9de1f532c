// Blocks to DOM. `act(element, block, selected)` is called when a person clicks or chooses.

import { make, mrkdwn, plain, richText, textNodes } from "./text.js";

const CHOOSERS = { users_select: "selected_user", conversations_select: "selected_conversation", channels_select: "selected_channel" };

export function drawBlocks(blocks, act) {
  return blocks.map((block) => (DRAW[block.type] ?? unknown)(block, act));
}

const DRAW = {
  section: (block, act) => make("div", { class: "block" },
    block.text ? textNodes(block.text) : [],
    block.fields ? make("div", { class: "fields" }, block.fields.map((field) => make("div", {}, textNodes(field)))) : null,
    block.accessory ? drawElement(block.accessory, block, act) : null),
  header: (block) => make("h3", { class: "block" }, textNodes(block.text)),
  divider: () => make("hr"),
  context: (block) => make("p", { class: "block context" },
    block.elements.flatMap((element) => [...(element.text ? textNodes(element) : [element.alt_text]), " "])),
  actions: (block, act) => make("div", { class: "block actions" }, block.elements.map((element) => drawElement(element, block, act))),
  image: (block) => make("p", { class: "block" }, `[${block.alt_text}]`),
  rich_text: (block) => make("div", {}, richText(block)),
  markdown: (block) => make("div", { class: "block" }, mrkdwn(block.text)),
  table: (block) => make("table", {}, block.rows.map((row) => make("tr", {},
    row.map((cell) => make("td", {}, cell.text ?? richText(cell)))))),
  input: (block, act) => make("div", { class: "block" }, plain(block.label.text), drawElement(block.element, block, act)),
};

const unknown = (block) => make("p", { class: "block context" }, `(${block.type})`);

export function optionsOf(element) {
  return (element.option_groups ?? [element]).flatMap((group) => group.options ?? []);
}

function drawElement(element, block, act) {
  if (element.type === "button") {
    return make("button", { type: "button", class: element.style, "data-action": element.action_id, onclick: () => act(element, block) }, plain(element.text.text));
  }
  if (element.type === "image") return `[${element.alt_text}]`;
  const choices = optionsOf(element);
  if (!choices.length) return make("span", { class: "context" }, `(${element.type})`);
  const select = make("select", { "aria-label": element.placeholder?.text ?? element.action_id, "data-action": element.action_id,
    onchange: (event) => event.target.value && act(element, block, event.target.value) },
  make("option", { value: "" }, element.placeholder?.text ?? "Choose…"),
  choices.map((option) => make("option", { value: option.value }, plain(option.text.text))));
  return select;
}

// Inputs of a modal: the fields of a form, named by block id, and what was entered in them.

export function drawField(block, held, error) {
  const element = block.element;
  const id = `field-${block.block_id}`;
  const value = held ? Object.entries(held).find(([key]) => key !== "type")?.[1] : null;
  return make("div", {},
    make("label", { for: id }, plain(block.label.text), block.optional ? " (optional)" : ""),
    control(element, id, block.block_id, value),
    block.hint ? make("p", { class: "meta" }, plain(block.hint.text)) : null,
    error ? make("p", { class: "error", role: "alert" }, error) : null);
}

function control(element, id, name, value) {
  const choices = optionsOf(element);
  if (element.type === "checkboxes" || element.type === "radio_buttons") {
    const type = element.type === "checkboxes" ? "checkbox" : "radio";
    const chosen = [value ?? []].flat().map((option) => option.value);
    return make("div", { id }, choices.map((option) => make("div", {}, make("input", { type, name, value: option.value,
      id: `${id}-${option.value}`, checked: chosen.includes(option.value) }), " ",
    make("span", {}, plain(option.text.text)))));
  }
  if (choices.length) {
    const multiple = element.type.startsWith("multi_");
    const chosen = [value ?? []].flat().map((option) => option.value);
    return make("select", { id, name, multiple }, multiple ? null : make("option", { value: "" }, "Choose…"),
      choices.map((option) => make("option", { value: option.value, selected: chosen.includes(option.value) }, plain(option.text.text))));
  }
  if (element.multiline) {
    const area = make("textarea", { id, name, rows: 4 });
    area.value = value ?? "";
    return area;
  }
  const types = { datepicker: "date", timepicker: "time", number_input: "number", email_text_input: "email" };
  return make("input", { id, name, type: types[element.type] ?? "text", value: value ?? "", placeholder: CHOOSERS[element.type] });
}

export function enteredIn(form, blocks) {
  const values = {};
  for (const block of blocks.filter((candidate) => candidate.type === "input")) {
    const fields = [...form.elements].filter((field) => field.name === block.block_id);
    const many = block.element.type === "checkboxes" || block.element.type.startsWith("multi_");
    const chosen = fields.flatMap((field) => field.selectedOptions ? [...field.selectedOptions].map((option) => option.value)
      : ["checkbox", "radio"].includes(field.type) && !field.checked ? [] : [field.value]).filter((value) => value !== "");
    values[block.block_id] = many ? chosen : chosen[0] ?? null;
  }
  return values;
}
