/** Gives the reader a file that was made on the page. */
export function download(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  // The browser takes the bytes on the click; a moment later nobody needs the address.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
