# Prints what is neither a value of the twin, nor several joined by blanks and
# signs, nor text of a legal pack.
# --slurpfile twin decision.json --slurpfile pack pack.json; input: raw pieces.
def plain: gsub("&lt;"; "<") | gsub("&gt;"; ">") | gsub("&quot;"; "\"") |
    gsub("&#39;"; "'") | gsub("&amp;"; "&") | gsub("^\\s+|\\s+$"; "");
def lettered: test("\\p{L}");
([$twin[0] | .. | strings] | map({(.): true}) | add) as $values |
([$pack[0].texts[].text | splits("\\{[^}]*\\}")] | map(plain) |
    map(select(length > 12))) as $law |
def is_data:
    . as $piece | $values[$piece] == true or (lettered | not) or
    any(match("[^\\p{L}\\p{N}]* [^\\p{L}\\p{N}]*"; "g");
        . as $m | $values[$piece[0:$m.offset]] == true and
        ($piece[$m.offset + $m.length:] | is_data));
[inputs] | unique[] | plain | select(is_data | not) |
    reduce $law[] as $l (.; split($l) | join("\u0001")) |
    splits("\u0001|^[ .,;:·()–—-]+|[ .,;:·()–—-]+$") | plain |
    select(is_data | not)
