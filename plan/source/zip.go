package source

import (
	"archive/zip"
	"bytes"
	"errors"
	"slices"
	"strings"
)

// Bounds on packed documents (.docx, .odt and .xlsx).
const (
	maxEntries  = 500
	maxPart     = 20 << 20 // bytes of one part, unpacked
	maxUnpacked = 50 << 20 // bytes of all parts that are declared
	maxRatio    = 100      // unpacked to packed, for parts of a megabyte or more
	maxDepth    = 64       // of nested elements
	maxTokens   = 2_000_000
)

const bomb = "压缩包里的内容大得不正常，为安全起见不读。请用 Word 或 WPS 打开原文件，另存为新文件再导入"

var errBomb = errors.New("packed content out of bounds")

// readZip reads what is packed as .docx, .odt or .xlsx. A .wps that WPS writes today
// is a .docx.
func readZip(ext string, data []byte) (*Text, error) {
	z, err := openZip(data)
	if err != nil {
		return nil, err
	}
	switch {
	case part(z, "word/document.xml") != nil:
		return readDocx(z)
	case part(z, "xl/workbook.xml") != nil:
		return readXLSX(z, data)
	case isODT(z):
		return readODT(z)
	case part(z, "ppt/presentation.xml") != nil:
		return nil, refuse("这是幻灯片，不能当工作要点导入。请提供 Word（.docx）或文本（.txt）", nil)
	case part(z, "content.xml") != nil && part(z, "mimetype") != nil:
		return nil, refuse("这是 OpenDocument 的表格或演示文稿（.ods／.odp），读不了。请在 WPS 或 LibreOffice 里打开，另存为 .xlsx 或 .docx 再导入", nil)
	case part(z, "OFD.xml") != nil:
		return nil, refuse("这是 OFD 版式文件，读不了。请用阅读器转成 PDF，或用 WPS 另存为 .docx 再导入", nil)
	case part(z, "xl/workbook.bin") != nil:
		return nil, refuse("这是二进制的 Excel 文件（.xlsb），请在 Excel 或 WPS 里打开，另存为 .xlsx 再导入", nil)
	}
	if ext == ".docx" || ext == ".xlsx" {
		return nil, refuse("文件已损坏，或不是真正的 "+ext+" 文件。请用 Word 或 WPS 打开后另存为 "+ext+" 再试", nil)
	}
	return nil, refuse("这是压缩包，请先解压，再导入里面的 .docx、.xlsx 或 .txt", nil)
}

// openZip opens a package after a look at what it declares to hold.
func openZip(data []byte) (*zip.Reader, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if len(z.File) > maxEntries {
		return nil, refuse(bomb, errBomb)
	}
	total := uint64(0)
	for _, f := range z.File {
		size, packed := f.UncompressedSize64, max(1, f.CompressedSize64)
		total += size
		if size > maxPart && strings.HasSuffix(f.Name, ".xml") || total > maxUnpacked || size >= 1<<20 && size/packed > maxRatio {
			return nil, refuse(bomb, errBomb)
		}
	}
	return z, nil
}

func part(z *zip.Reader, name string) *zip.File {
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return z.File[i]
}
