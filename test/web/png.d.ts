/** What we use of two packages that read PNG files and hold them against each other. */
declare module 'pixelmatch' {
  /** How many pixels differ. */
  const pixelmatch: (
    one: Uint8Array,
    other: Uint8Array,
    drawing: Uint8Array | null,
    width: number,
    height: number,
    options: { readonly threshold: number },
  ) => number;

  // biome-ignore lint/style/noDefaultExport: it is how the package gives it
  export { pixelmatch as default };
}

declare module 'pngjs' {
  export interface Picture {
    readonly width: number;
    readonly height: number;
    /** Four bytes a pixel: red, green, blue, alpha. */
    readonly data: Uint8Array;
  }
  export const PNG: {
    readonly sync: {
      read(file: Uint8Array): Picture;
      write(picture: Picture, options: Readonly<Record<string, number>>): Uint8Array;
    };
  };
}
