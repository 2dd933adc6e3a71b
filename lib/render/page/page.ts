import { drawArrows } from './arrows';
import { offerCopies } from './copy';
import { exploreMaps } from './map';
import { offerThemes } from './theme';
import { Walk } from './walk';

/** What the page does beyond being read: it is whole without any of this. */
offerThemes(document);
offerCopies(document);
exploreMaps(document);

const figures = [...document.querySelectorAll<HTMLElement>('.interleaving')];
for (const figure of figures) new Walk(figure);

const redraw = (): void => {
  for (const figure of figures) drawArrows(figure);
};
redraw();
window.addEventListener('resize', redraw);
document.fonts?.ready.then(redraw);

const findings = [...document.querySelectorAll<HTMLDetailsElement>('details.finding')];
for (const finding of findings) finding.addEventListener('toggle', redraw);

const openAll = document.querySelectorAll<HTMLElement>('[data-open=all]');
for (const button of openAll) {
  button.addEventListener('click', () => {
    for (const finding of findings) finding.open = true;
  });
}

/** A link to a fault opens it. */
function openTarget(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
  target?.scrollIntoView();
}
window.addEventListener('hashchange', openTarget);
if (location.hash.length > 1) openTarget();

// On paper nothing can be opened.
window.addEventListener('beforeprint', () => {
  for (const finding of findings) finding.open = true;
  redraw();
});
