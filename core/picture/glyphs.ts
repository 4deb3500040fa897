/** The few characters that a picture's scales need, five by seven dots each. */

/** Dots of a character across and down. */
export const glyphWidth = 5;
export const glyphHeight = 7;

/** Seven rows from the top, `#` = ink. */
const drawn: Readonly<Record<string, string>> = {
  '0': ' ### /#   #/#  ##/# # #/##  #/#   #/ ### ',
  '1': '  #  / ##  /  #  /  #  /  #  /  #  / ### ',
  '2': ' ### /#   #/    #/   # /  #  / #   /#####',
  '3': '#####/   # /  #  /   # /    #/#   #/ ### ',
  '4': '   # /  ## / # # /#  # /#####/   # /   # ',
  '5': '#####/#    /#### /    #/    #/#   #/ ### ',
  '6': '  ## / #   /#    /#### /#   #/#   #/ ### ',
  '7': '#####/    #/   # /  #  / #   / #   / #   ',
  '8': ' ### /#   #/#   #/ ### /#   #/#   #/ ### ',
  '9': ' ### /#   #/#   #/ ####/    #/   # / ##  ',
  '.': '     /     /     /     /     / ##  / ##  ',
  ':': '     / ##  / ##  /     / ##  / ##  /     ',
  '-': '     /     /     /#####/     /     /     ',
  '+': '     /  #  /  #  /#####/  #  /  #  /     ',
  e: '     /     / ### /#   #/#####/#    / ### ',
  k: '#    /#    /#  # /# #  /##   /# #  /#  # ',
  M: '#   #/## ##/# # #/# # #/#   #/#   #/#   #',
  G: ' ### /#   #/#    /# ###/#   #/#   #/ ####',
  T: '#####/  #  /  #  /  #  /  #  /  #  /  #  ',
  U: '#   #/#   #/#   #/#   #/#   #/#   #/ ### ',
  C: ' ### /#   #/#    /#    /#    /#   #/ ### ',
};

/** Whether a dot of a character is ink; what is not drawn here is blank. */
export function isInk(character: string, column: number, row: number): boolean {
  return drawn[character]?.[row * (glyphWidth + 1) + column] === '#';
}

/** Whether every character of a text can be seen. */
export function isDrawable(text: string): boolean {
  return [...text].every((character) => character === ' ' || character in drawn);
}
