"""A peer's letters on one core: letter.py typst|jinja2 SECONDS TWINS PAGE.

TWINS holds the twins of all notices of the sample, PAGE candor's HTML of the
first of them. Each letter is a twin's printed values, to a name and a street of
its own. Prints the rate a second of processor time, the mean bytes, the number
made and the peer's version; `letter.py words PEER TWINS PAGE` prints how many
of the page's words the peer's letter says, and of how many.
"""
import html
import json
import pathlib
import re
import sys
import time

HERE = pathlib.Path(__file__).parent


def printed(fact):
    """A twin's values as its documents print them."""
    if isinstance(fact, list):
        return [printed(item) for item in fact]
    if "kind" in fact and "printed" in fact:
        if isinstance(fact["value"], bool):
            return fact["value"]
        return None if fact["value"] is None else fact["printed"]
    return {k.replace("-", "_"): printed(v) for k, v in fact.items() if isinstance(v, (dict, list))}


def read_letters(path):
    text, at, letters = pathlib.Path(path).read_text(), 0, []
    decoder = json.JSONDecoder()
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        twin, at = decoder.raw_decode(text, at)
        letters.append(printed(twin))
    return letters


def address(letter, n):
    letter["applicant"]["name"] = f"Ellis {chr(65 + n % 26)}. Kilbride {n // 26}"
    letter["applicant"]["line"][0]["text"] = f"{n + 1} Foundry Row"


def jinja2_maker(page):
    import jinja2
    style = re.search(r"<style>(.*?)</style>", page, re.S).group(1)
    source = (HERE / "letter.html").read_text().replace("STYLE", "{% raw %}" + style + "{% endraw %}")
    template = jinja2.Environment(autoescape=True).from_string(source)
    return (lambda letter: template.render(letter).encode()), jinja2.__version__


def typst_maker(page):
    import importlib.metadata
    import typst
    compiler = typst.Compiler(str(HERE / "letter.typ"))
    # Only what the letter says, so that no time goes into reading the rest.
    said = ("document", "institution", "applicant", "decision", "notice", "reasons", "report", "model")

    def make(letter):
        return compiler.compile(format="pdf", pdf_standards=["ua-1", "a-3a"],
                                sys_inputs={"letter": json.dumps({k: letter[k] for k in said})})
    return make, importlib.metadata.version("typst")


def run(make, letters, n, seconds):
    made = size = 0
    begin = time.process_time()
    while time.process_time() - begin < seconds:
        letter = letters[n % len(letters)]
        address(letter, n)
        size += len(make(letter))
        made += 1
        n += 1
    return made, size, time.process_time() - begin


def words(text):
    text = re.sub(r"<style>.*?</style>|<title>.*?</title>", " ", text, flags=re.S)
    return html.unescape(re.sub(r"<[^>]*>", " ", text)).split()


def text_of(peer, made):
    if peer == "jinja2":
        return words(made.decode())
    import subprocess
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=made,
                          capture_output=True, check=True).stdout.decode().split()


def count_words(peer, make, letter, page):
    ours, theirs = words(page), text_of(peer, make(letter))
    return sum(min(ours.count(w), theirs.count(w)) for w in set(ours)), len(ours)


def main():
    peer, arguments = sys.argv[1], sys.argv[2:]
    if peer == "words":
        peer = arguments[0]
    page = pathlib.Path(arguments[2]).read_text()
    letters = read_letters(arguments[1])
    make, version = {"jinja2": jinja2_maker, "typst": typst_maker}[peer](page)
    if sys.argv[1] == "words":
        print(*count_words(peer, make, letters[0], page))
        return
    seconds = float(arguments[0])
    warm, _, _ = run(make, letters, 0, seconds / 4)
    made, size, took = run(make, letters, warm, seconds)
    print(f"{made / took:.1f} {size / made:.0f} {made} {version}")


main()
