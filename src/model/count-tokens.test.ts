import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base'
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base'
import { countTokens } from './count-tokens.ts'

const LANGUAGES = [
  'All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience.',
  'Die Donaudampfschifffahrtsgesellschaft befördert jährlich außergewöhnlich viele Fahrgäste über die Flüsse.',
  "L'été dernier, nous avons mangé des crêpes à la fraise près du château de Chenonceau, où il pleuvait.",
  'Zażółć gęślą jaźń. W Szczebrzeszynie chrząszcz brzmi w trzcinie i Szczebrzeszyn z tego słynie.',
  'Çekoslovakyalılaştıramadıklarımızdan mısınız? Şoför güneşli günlerde ığdır yolunda gitti.',
  'Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan; lentokonesuihkuturbiinimoottori.',
  'Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi.',
  'Semua orang dilahirkan merdeka dan mempunyai martabat dan hak yang sama; mereka dikaruniai akal.',
  'Все люди рождаются свободными и равными в своём достоинстве и правах. Высокопревосходительство.',
  'Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.',
  'כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.',
  'يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.',
  'सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।',
  'มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ',
  '人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。',
  'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。',
  '모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.',
  'ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით.',
  'የሰው ልጅ ሁሉ ሲወለድ ነፃና በክብርና በመብትም እኩልነት ያለው ነው።',
  'འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ་སྐྱེས་ཙམ་ཉིད་ནས་ཆེ་མཐོངས་དང་།',
  '👩‍👩‍👧‍👦🏳️‍🌈🧑🏽‍🚀😀🤷🏿‍♀️🇺🇦 ❤️‍🔥 𓀀𓂀𝕳𝖊𝖑𝖑𝖔 ꙮ ﷽',
]
const MATERIAL = [
  ...LANGUAGES,
  readFileSync(new URL('count-tokens.ts', import.meta.url), 'utf8'),
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  'SELECT id, name FROM users WHERE created_at >= now() - interval \'1 day\' AND "deletedAt" IS NULL;',
  '2026-11-25T20:08:49.123Z ERROR [api-7f9c4d5b6-x2x9z] OOMKilled: exceeded 512Mi (exit 137) 0x7fffffff\n',
  'c2VjcmV0LXZhbHVlLW9mLXNvbWV0aGluZw== 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'getInternationalizationServiceProviderFactoryBeanById snake_case_name kebab-case-name XYZZY QWRTPSDF',
]

function real(text: string): number {
  return Math.max(countO200k(text), countCl100k(text))
}

test('No text of any language, code or data counts less than the tokenizers of GPT say', () => {
  for (const text of MATERIAL) assert.ok(countTokens(text) >= real(text), text)
})

test('Nor does any mixture of them, nor characters at random', () => {
  const words = fc.constantFrom(...MATERIAL.flatMap((text) => text.split(/(?<=\s)/)))
  const texts = fc.oneof(
    fc.array(words, { minLength: 1, maxLength: 60 }).map((list) => list.join('')),
    fc.string({ minLength: 30, maxLength: 300, unit: 'grapheme' }),
    fc.string({ minLength: 30, maxLength: 300, unit: 'grapheme-ascii' }),
  )
  fc.assert(
    fc.property(texts, (text) => countTokens(text) >= real(text)),
    { numRuns: 300 },
  )
})

test('Prose counts at most four times as much as it has tokens', () => {
  for (const text of LANGUAGES.slice(0, 8)) assert.ok(countTokens(text) <= 4 * real(text), text)
})

test('Nothing counts nothing', () => {
  assert.equal(countTokens(''), 0)
  assert.equal(countTokens(' '), 1)
})
