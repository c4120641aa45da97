const ADJECTIVES =
  "amber brave brisk calm clear clever cosmic crisp eager early fair gentle glad golden happy hidden jolly keen kind light lively lucky mellow merry misty neat nimble noble quick quiet rapid royal silent silver smooth snowy solar steady still sunny swift tidy vivid warm wise witty young".split(
    " ",
  )
const NOUNS =
  "acorn badger beacon birch brook canyon cedar cliff comet coral crane delta ember falcon fern fjord forest fox garden grove harbor hawk heron island jasper lagoon lake lantern maple meadow moon moss ocean orchid otter panda pebble pine planet prairie raven reef river robin rocket sparrow spruce star stone thicket tiger valley willow wolf".split(
    " ",
  )

/** A name that people can say: `adjective-noun`. Not unique. */
export const newSlug = () => `${pick(ADJECTIVES)}-${pick(NOUNS)}`

const pick = (words: string[]) => words[Math.floor(Math.random() * words.length)]
