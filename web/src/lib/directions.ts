/** The campaign's directions in the page's language, as the page itself lists them. */
export interface Direction {
  id: string;
  name: string;
}

export const directions = (): Direction[] =>
  [...document.querySelectorAll<HTMLElement>("#directions li")].map((item) => ({ id: item.dataset.id!, name: item.textContent! }));
