// Numbers as convref writes them: integers whole, others with six digits (Python's format ".6g").

const MOST = 999999;
const WRITTEN = /^[-+]?(?:\d+\.?\d{0,4}|\.\d{1,4})$/;
const THOUSANDS = /^[-+]?[1-9]\d{0,2},\d{3}$/; // or three decimals: nobody can know

/** Digits and signs of full width, and minus signs, as a keyboard of half width writes them.
 *  @type {(text: string) => string} */
export const narrow = (text) => text.normalize("NFKC").replace(/[−–]/g, "-");

/** A cell's number from what somebody typed, or null: at most 6 digits, 4 of them decimals, after a
 *  point or a comma. The limit keeps every sum of integers below 2 ** 53, where the browser counts
 *  exactly.
 *  @type {(text: string) => number | null} */
export function parse(text) {
  const typed = narrow(text).trim();
  const plain = typed.replace(",", ".");
  if (!WRITTEN.test(plain) || THOUSANDS.test(typed)) return null;
  const digits = plain.replace(/\D/g, "").replace(/^0+/, "");
  const value = Number(plain);
  return digits.length > 6 || Math.abs(value) > MOST ? null : value + 0; // -0 becomes 0
}

/** The nearest number that a cell can hold, or null where there is none.
 *  @type {(value: number) => number | null} */
export function fitting(value) {
  if (!(Math.abs(value) <= MOST)) return null;
  return Number(Number(value.toPrecision(6)).toFixed(4)) + 0;
}

/** Whether any of the numbers is none that is whole.
 *  @type {(of: {input: number[], weight: number[], bias: number[] | null}) => boolean} */
export const areFloats = (layer) =>
  [layer.input, layer.weight, layer.bias ?? []].some((list) => !list.every(Number.isInteger));

/** One number; `floats` says whether it is a float that happens to be whole.
 *  @type {(value: number, floats: boolean) => string} */
export function written(value, floats) {
  if (!floats) return String(value + 0);
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [digits, power] = sixDigits(Math.abs(value));
  const sign = value < 0 ? "-" : "";
  /** @type {(text: string) => string} */
  const shorn = (text) => (text.includes(".") ? text.replace(/\.?0*$/, "") : text);
  if (power < -4 || power >= 6) {
    const exponent = `${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
    return `${sign}${shorn(`${digits[0]}.${digits.slice(1)}`)}e${exponent}`;
  }
  const text =
    power < 0
      ? `0.${"0".repeat(-power - 1)}${digits}`
      : `${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`;
  return sign + shorn(text);
}

/** The first six digits, rounded as Python does: half to even where JavaScript rounds half up.
 *  @type {(value: number) => [digits: string, power: number]} */
function sixDigits(value) {
  const [exact, exactPower] = value.toExponential(60).split("e");
  const all = exact.replace(".", "");
  const tie = /^\d{5}[02468]50*$/.test(all);
  if (tie) return [all.slice(0, 6), Number(exactPower)];
  const [rounded, power] = value.toExponential(5).split("e");
  return [rounded.replace(".", ""), Number(power)];
}

/** A number as it stands in a product: in parentheses if it has a sign.
 *  @type {(value: number, floats: boolean) => string} */
export function factor(value, floats) {
  const text = written(value, floats);
  return text.startsWith("-") ? `(${text})` : text;
}

/** A Python tuple.
 *  @type {(list: number[]) => string} */
export const tuple = (list) => `(${list.join(", ")}${list.length === 1 ? "," : ""})`;
