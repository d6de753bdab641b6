// Files of the NGO Database, invented: so many rows, every kind of them, the same for the same seed.
const WORDS = [['Қамқор', 'Забота', 'Care'], ['Жас бастама', 'Молодая инициатива', 'Young Initiative'], ['Таза өзен', 'Чистая река', 'Clean River'],
  ['Әдемі әлем', 'Прекрасный мир', 'Fair World'], ['Ұлы дала', 'Великая степь', 'Great Steppe'], ['Үміт', 'Надежда', 'Hope'],
  ['Һәм', 'И также', 'And Also'], ['Ғылым', 'Наука', 'Science'], ['Іскер', 'Деловой', 'Able'], ['Өнер', 'Искусство', 'Art']];
const REGIONS = ['KZ-10', 'KZ-11', 'KZ-15', 'KZ-19', 'KZ-23', 'KZ-27', 'KZ-31', 'KZ-33', 'KZ-35', 'KZ-39', 'KZ-43', 'KZ-47', 'KZ-55', 'KZ-59',
  'KZ-61', 'KZ-62', 'KZ-63', 'KZ-71', 'KZ-75', 'KZ-79', 'Нур-Султан', 'Акмолинская область'];
const DIRECTIONS = ['education', 'health', 'environment', 'youth', 'culture'];

export function checkDigit(eleven) {
  const sum = (weights) => [...eleven].reduce((total, digit, i) => total + weights[i] * Number(digit), 0) % 11;
  const first = sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  if (first < 10) return first;
  const second = sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]);
  return second < 10 ? second : -1;
}

function bin(n) {
  for (let serial = n * 3; ; serial++) {
    const eleven = `${String(n % 24).padStart(2, '0')}${String(n % 12 + 1).padStart(2, '0')}${n % 40 === 0 ? '52' : n % 9 === 0 ? '41' : '40'}${String(serial % 100000).padStart(5, '0')}`;
    const check = checkDigit(eleven);
    if (check >= 0) return eleven + check;
  }
}

const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One row as an object. */
export function ngo(n) {
  const [kk, ru, en] = WORDS[n % WORDS.length];
  const none = n % 13 === 0;
  return {
    id: `ngo-${n}`, bin: none ? '' : bin(n),
    name_kk: `«${kk} ${n}» қоғамдық қоры`, name_ru: `Общественный фонд "${ru}, ${n}"`, name_en: n % 3 ? `${en} ${n} Foundation` : '',
    region: REGIONS[n % REGIONS.length], status: none ? 'NO_BIN' : n % 10 === 1 ? 'INACTIVE' : n % 21 === 0 ? 'SUSPENDED' : n % 370 === 0 ? 'LIQUIDATING' : 'ACTIVE',
    filed: n % 4 === 0 ? '' : n % 4 === 1 ? '2026:2026-03-12|2025' : '2025:2025-02-03', former_names: n % 8 ? '' : `«${kk} ескі ${n}»`,
    directions: n % 2 ? DIRECTIONS[n % 5] : `${DIRECTIONS[n % 5]}|${DIRECTIONS[(n + 1) % 5]}`, laureate: n % 50 ? '' : '2019', source_id: String(100000 + n),
  };
}

export function csv(rows) {
  const names = Object.keys(rows[0]);
  return [names, ...rows.map((row) => names.map((name) => quoted(row[name])))].map((line) => line.join(',')).join('\r\n') + '\r\n';
}

export const ngos = (count) => Array.from({ length: count }, (_, i) => ngo(i + 1));
