import type { Collected } from '../../../../containers/recording/sections.ts'

/** Sections and contents as `collect.sh` would have brought them. */
export function collectedOf(
  sections: Readonly<Record<string, string>>,
  contents: Readonly<Record<string, Buffer>> = {},
): Collected {
  return {
    names: Object.keys(sections).sort(),
    text: name => {
      const text = sections[name]
      if (text === undefined) throw new Error(`no section ${name}`)
      return text
    },
    optionalText: name => sections[name],
    content: path => contents[path],
  }
}
