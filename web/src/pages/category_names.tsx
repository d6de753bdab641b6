import type { JSX } from "preact";
import { each, type Slot, text } from "../lib/slots.ts";

export interface CategoryName {
  id: string;
  name: string;
}

/** The campaign's categories for an island, which reads them by lib/directions.ts. */
export const categoryNames = (categories: Slot<CategoryName[]>): JSX.Element => (
  <ul id="directions" hidden>
    {each(categories, (category) => (
      <li data-id={text(category.id)}>{text(category.name)}</li>
    ))}
  </ul>
);
