import type { Period } from './filter-values';
import type { List } from './list';

const SVG = 'http://www.w3.org/2000/svg';
/** In pixels of the drawing; less is a click, which ends the selection. */
const LEAST = 4;

/** Selects a period of the overview by dragging across it. The fields of the filter do the same by keyboard. */
export function brushesOverview(list: List): void {
  const drawing = document.querySelector<SVGSVGElement>('#overview svg');
  if (!drawing) return;
  const scale = new TimeScale(drawing);
  const mark = document.createElementNS(SVG, 'rect');
  mark.setAttribute('class', 'brush');
  mark.setAttribute('y', '0');
  mark.setAttribute('height', String(drawing.viewBox.baseVal.height));
  drawing.append(mark);
  drawing.classList.add('brushed');
  const draw = ({ from, to }: Period): void => {
    const isWhole = from === -Infinity && to === Infinity;
    const [left, right] = isWhole ? [0, 0] : [scale.pixelOf(from), scale.pixelOf(to)];
    mark.setAttribute('x', String(left));
    mark.setAttribute('width', String(Math.max(0, right - left)));
  };
  list.onApply(({ period }) => draw(period));

  let start: number | null = null;
  drawing.addEventListener('pointerdown', (event) => {
    // A finger scrolls.
    if (event.pointerType === 'touch' || event.button !== 0) return;
    start = scale.pixelAt(event);
    drawing.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  drawing.addEventListener('pointermove', (event) => {
    if (start !== null) draw(scale.span(start, scale.pixelAt(event)));
  });
  drawing.addEventListener('pointercancel', () => {
    start = null;
    list.refresh();
  });
  drawing.addEventListener('pointerup', (event) => {
    if (start === null) return;
    const end = scale.pixelAt(event);
    if (Math.abs(end - start) < LEAST) list.setPeriod(null);
    else list.setPeriod(scale.span(start, end));
    start = null;
  });
}

/** Between epoch seconds and the drawing's own pixels. */
class TimeScale {
  readonly #drawing: SVGSVGElement;
  readonly #from: number;
  readonly #to: number;
  readonly #left: number;
  readonly #right: number;

  constructor(drawing: SVGSVGElement) {
    const { from, to, left, right } = drawing.dataset;
    this.#drawing = drawing;
    [this.#from, this.#to, this.#left, this.#right] = [Number(from), Number(to), Number(left), Number(right)];
  }

  pixelAt({ clientX }: PointerEvent): number {
    const { left, width } = this.#drawing.getBoundingClientRect();
    return this.#within(((clientX - left) / width) * this.#drawing.viewBox.baseVal.width);
  }

  pixelOf(time: number): number {
    const share = (time - this.#from) / (this.#to - this.#from);
    return this.#within(this.#left + share * (this.#right - this.#left));
  }

  span(one: number, other: number): Period {
    return { from: this.#timeAt(Math.min(one, other)), to: this.#timeAt(Math.max(one, other)) };
  }

  #timeAt(pixel: number): number {
    return this.#from + ((pixel - this.#left) / (this.#right - this.#left)) * (this.#to - this.#from);
  }

  #within(pixel: number): number {
    return Math.min(this.#right, Math.max(this.#left, pixel));
  }
}
