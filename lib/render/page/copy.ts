const SAID_MS = 1600;

/** Where the clipboard is not available, the old way still works. */
function copyBySelection(page: Document, text: string): boolean {
  const area = page.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  page.body.append(area);
  area.select();
  const copied = page.execCommand('copy');
  area.remove();
  return copied;
}

async function copy(page: Document, text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(page, text);
  }
}

/** Buttons that copy what they carry, and say so. */
export function offerCopies(page: Document): void {
  for (const button of page.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
    const label = button.textContent;
    let timer = 0;
    button.addEventListener('click', async () => {
      const copied = await copy(page, button.dataset.copy ?? '');
      button.textContent = copied ? 'Copied' : 'Not copied';
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        button.textContent = label;
      }, SAID_MS);
    });
  }
}
