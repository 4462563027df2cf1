import type { PackageArchive } from '../bus.ts'
import { compareVersions } from './version.ts'

/** What differs between the releases of apt and dpkg, decided by the version of the image's packages and nowhere else. */
export interface PackageTools {
  readonly aptVersion: string
  readonly dpkgVersion: string
  /** apt 3.1 and later have a solver of their own, and say so. */
  readonly isTellingOfSolving: boolean
  /** Since apt 3.0 the extractor of templates, which was in apt-utils, is in the package apt. */
  readonly hasTemplateExtractor: boolean
  /** apt 3.0 breaks lines between all words, not between packages and their alternatives. */
  readonly isWrappingWords: boolean
  /** dpkg 1.23: a header that is drawn otherwise, two spaces between columns, as wide as the terminal. */
  readonly hasWideList: boolean
}

/** The tools of a machine. */
export const packageTools = ({ versions: { apt, dpkg } }: PackageArchive): PackageTools => ({
  aptVersion: apt,
  dpkgVersion: dpkg,
  isTellingOfSolving: compareVersions(apt, '3.1') >= 0,
  hasTemplateExtractor: compareVersions(apt, '3.0') >= 0,
  isWrappingWords: compareVersions(apt, '3.0') >= 0,
  hasWideList: compareVersions(dpkg, '1.23') >= 0,
})
