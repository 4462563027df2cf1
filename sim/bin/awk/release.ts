import type { Process } from '../../process.ts'

/** What differs between mawk's releases, decided by the version of the package mawk (its CHANGES name the dates). */
export interface MawkRelease {
  /** 20200717: `{2,3}` counts in a regular expression. */
  readonly hasIntervals: boolean
  /** 20200731: integers of 64 bits; before, of 32. */
  readonly hasLongIntegers: boolean
  /** 20200925: in a replacement backslashes count in front of `&` alone. */
  readonly isKeepingBackslashes: boolean
  /** 20241209: infinity has its sign. */
  readonly hasSignedInfinity: boolean
  /** 20241212: hexadecimal numbers, `inf` and `nan` are no numbers in a string. */
  readonly isDecimalOnly: boolean
  /** Names in quotes in messages, and a directory refused as it is opened; seen from 20250131 on. */
  readonly isQuotingNames: boolean
}

/** The mawk of a machine. */
export function mawkRelease(process: Process): MawkRelease {
  const date = Number(/^1\.3\.4\.(\d{8})/.exec(process.system.packageVersion('mawk') ?? '')?.[1] ?? 0)
  return {
    hasIntervals: date >= 20_200_717,
    hasLongIntegers: date >= 20_200_731,
    isKeepingBackslashes: date >= 20_200_925,
    hasSignedInfinity: date >= 20_241_209,
    isDecimalOnly: date >= 20_241_212,
    isQuotingNames: date >= 20_250_131,
  }
}
